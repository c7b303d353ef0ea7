"""Words of noun phrases: other names for kinds of things, and what is said of a thing besides."""

from __future__ import annotations

_NAMES = {
    "table": "desk workbench bench worktop countertop counter tabletop workstation",
    "chair": "seat stool armchair recliner barstool footstool",
    "shelf": "bookshelf bookcase bookshelves shelves shelving bookrack rack sideboard bookstand shelve",
    "door": "doorway entrance exit entry entryway",
    "box": "crate carton boxes package parcel",
    "bottle": "flask",
    "can": "tin",
    "basket": "hamper",
    "bin": "trashcan dustbin wastebasket wastebin wastepaperbasket trashbin",
    "ball": "sphere football",
    "cloth": "towel rag mat blanket dishcloth napkin tablecloth",
    "cylinder": "tube",
    "wall": "partition divider screen barrier",
    "hurdle": "doorsill threshold",
    "beam": "crossbar crossbeam girder",
}
SYNONYMS = {name: kind for kind, names in _NAMES.items() for name in names.split()}
PHRASES = {
    **{(of, into): "bin" for of in ("trash", "garbage", "rubbish", "waste", "litter", "wastepaper", "paper",
    "recycling")
       for into in ("can", "bin", "basket", "container", "bucket")},
    ("room", "divider"): "wall", ("partition", "wall"): "wall", ("divider", "wall"): "wall", ("book", "case"): "shelf",
    ("book", "shelf"): "shelf", ("book", "shelves"): "shelf", ("shelf", "unit"): "shelf", ("shelving", "unit"): "shelf",
    ("arm", "chair"): "chair", ("work", "bench"): "table", ("tin", "can"): "can", ("soda", "can"): "can",
    ("drinks", "can"): "can", ("drink", "can"): "can", ("cardboard", "box"): "box", ("beach", "ball"): "ball",
    ("low", "bar"): "hurdle", ("high", "bar"): "beam", ("low", "hurdle"): "hurdle", ("cross", "bar"): "beam",
    ("high", "beam"): "beam",
    ("entrance", "door"): "door", ("exit", "door"): "door", ("tea", "towel"): "cloth", ("work", "table"): "table",
    ("partition", "screen"): "wall", ("dividing", "wall"): "wall", ("dividing", "screen"): "wall",
}  # fmt: skip
"""Two words that name a kind together."""
SEVERAL_KINDS = {
    "jar": ("bottle", "can", "cylinder"), "container": ("basket", "bin", "box"), "flagon": ("bottle",),
    "pot": ("can", "cylinder"), "chest": ("box",), "cabinet": ("shelf",), "cupboard": ("shelf",),
    "bar": ("hurdle", "beam"), "pole": ("hurdle", "beam"), "obstacle": ("hurdle", "beam"),
}  # fmt: skip
"""Loose names: they name a thing where the scene holds only one that they could be."""
QUANTIFIERS = ("both of the", "both the", "both", "all of the", "all the", "all", "each of the", "each", "every")
DETERMINERS = ("the", "a", "an", "that", "this", "your", "my", "our", "said", "the very", "this very", "that very")
BACK = frozenset(("that", "this", "said", "the same", "that same", "this same"))
"""Point back at what was spoken of."""
OTHER = ("other", "another")
REMAINING = ("remain", "last remain")  # base form of "remaining"
ORDINALS = {"first": 1, "former": 1, "second": 2, "latter": 2, "third": 3, "fourth": 4}
"""Of the things of a kind that were spoken of: "go to one chair, then the other; at the second one ..."."""
DESCRIPTORS = frozenset(
    ("end", "low", "high", "tall", "small", "little", "tiny", "big", "large", "huge", "long", "short", "wide",
     "narrow", "old",
     "new", "nice", "empty", "plain", "simple", "single", "only", "lone", "dining", "coffee", "kitchen", "side", "work",
     "working", "writing", "office", "front", "closed", "nearby", "free", "standing", "good", "same", "pretty",
     "lovely",
     "easy", "lounge", "folding", "shared", "main", "beautiful", "solid", "sturdy", "upright",
     "whole", "entire", "colored", "coloured", "cosy", "comfy", "comfortable")
)  # fmt: skip
"""Said of a thing without telling it from others: never enough to choose between two, so nothing is guessed."""
_ROOMS = ("room", "passage", "corridor", "hall", "hallway", "kitchen", "office", "workshop", "playroom", "place")
WHERE = (
    *(f"{at}{of}" for at in ("at the end", "at the far end", "at the back", "in the back", "in the corner",
    "in the middle",
                             "at the side", "at the other end", "at the very end", "in the center", "in the centre",
                             "on the other side", "on the far side", "in the far corner")
      for of in ("", *(f" of the {room}" for room in _ROOMS))),
    *(f"{into} {the} {room}" for into in ("in", "down", "along", "across") for the in ("the",
    "this") for room in _ROOMS),
    "over there", "by the wall", "against the wall", "near the wall", "on the floor", "in the background", "over here",
    "in here", "on the ground", "in front of you", "you can see", "you see", "against the back wall",
    "opposite you", "ahead of you", "at the far side", "at the far side of the room", "on the wall", "along the wall",
)  # fmt: skip
"""The same, said behind the noun."""
PLAINLY_WHERE = tuple(w for w in WHERE if not w.startswith(("at ", "down", "along", "across")) and "side" not in w)
"""Those of a thing alone; "at the end" can be a time and "on the far side" where a way round leads."""
AFTER_IT = ("with", "that has", "which has", "that have", "which have", "that hold", "which hold")
ON_IT = ("on it", "on top", "on top of it", "on them", "stand on it", "in it", "sit on it", "lie on it", "upon it")
"""Around what stands on the thing: "the table with the bottles on it"."""
ON = ("on", "on top of", "atop", "up on", "upon")
UNDER_IT = (
    "it stand on",
    "it is stand on",
    "it is sit on",
    "it sit on",
    "it rest on",
    "it is stood on",
    "it is on",
    "on which it stand",
    "that it stand on",
    "on which it is",
    "that it is on",
)
MODIFIERS = ("on top of", "next to", "in front of", "close to", "on", "beside", "near", "by", "at", "behind")
