"""Words of noun phrases: other names for kinds of things, and what is said of a thing besides."""

from __future__ import annotations

SYNONYMS = {
    "desk": "table", "seat": "chair", "stool": "chair", "bookshelf": "shelf", "bookcase": "shelf", "doorway": "door",
    "crate": "box", "carton": "box", "tin": "can", "trashcan": "bin", "dustbin": "bin", "towel": "cloth",
    "rag": "cloth",
    "armchair": "chair", "workbench": "table", "bench": "table", "bookshelves": "shelf", "partition": "wall",
    "shelves": "shelf", "boxes": "box"
}  # fmt: skip
PHRASES = {("trash", "can"): "bin", ("garbage", "can"): "bin", ("rubbish", "bin"): "bin", ("waste", "bin"): "bin"}
QUANTIFIERS = ("both of the", "both the", "both", "all of the", "all the", "all", "each of the", "each", "every")
DETERMINERS = ("the", "a", "an", "that", "this", "your", "my")
DESCRIPTORS = frozenset(
    ("end", "low", "high", "tall", "small", "little", "tiny", "big", "large", "huge", "long", "short", "wide",
     "narrow", "old",
     "new", "nice", "empty", "plain", "simple", "single", "only", "lone", "dining", "coffee", "kitchen", "side", "work",
     "working", "writing", "office", "front", "closed", "nearby", "free", "standing", "good", "same")
)  # fmt: skip
"""Said of a thing without telling it from others: never enough to choose between two, so nothing is guessed."""
WHERE = (
    "at the end", "at the far end", "at the back", "in the back", "in the corner", "in the middle", "in the room",
    "in the middle of the room", "at the side", "over there", "by the wall", "against the wall", "near the wall",
    "on the other side", "on the far side", "at the other end", "across the room", "on the floor", "in the background",
)  # fmt: skip
"""The same, said behind the noun."""
UNDER_IT = ("it stand on", "it is on", "on which it stand", "that it stand on", "on which it is", "that it is on")
MODIFIERS = ("on top of", "next to", "in front of", "close to", "on", "beside", "near", "by", "at", "behind")
