"""The phrases that are understood, by what they mean. Words are in base form ("waving" -> "wave")."""

from __future__ import annotations

from collections.abc import Iterable

from agent.language import courtesy, manners
from agent.language import order_words as ow

REFUSED = {
    "or": "an alternative", "if": "a condition", "unless": "a condition", "while": "two things at once",
    "until": "a condition", "without": "a restriction", "instead": "a replacement", "except": "an exception",
    "never": "a prohibition", "not": "a negation", "avoid": "a prohibition", "skip": "a prohibition",
    "whenever": "a condition", "otherwise": "a condition", "maybe": "a doubt", "nor": "a negation",
    "neither": "a negation", "rather": "a replacement", "no": "a negation", "cancel": "a prohibition",
    "forget": "a prohibition", "simultaneously": "two things at once",
}  # fmt: skip
"""Words whose meaning for the plan is not handled; a sentence with one is never acted on in part."""

WALK = (
    "have a stroll", "walk", "go", "head", "come", "step", "move", "stroll", "wander", "proceed", "travel", "navigate",
    "return", "get", "march", "a walk", "a stroll", "a short walk", "a quick walk", "a little walk", "pop", "pace",
    "amble", "saunter", "advance", "trot", "get yourself", "take yourself", "bring yourself", "position yourself",
    "place yourself", "put yourself", "station yourself", "plant yourself", "set off", "cross", "hurry", "carry on",
    "walk on", "walk straight", "make a move", "have a walk", "take a stroll", "go on a walk", "take a few steps",
    "take some steps", "take a step", "take several steps", "make a trip", "take a trip", "pick a spot",
    "take up a spot", "find a spot", "take a spot", "choose a spot", "pick a place", "find a place", "take up a place",
    "direct yourself", "take yourself over", "take a position", "take up a position", "take up position",
    "take position", "take your place", "take your position", "take your stand", "get into position", "make your way",
    "take a walk", "go walk", "go for a walk", "find your way", "continue", "nip", "mosey", "stride", "make a beeline",
    "scoot", "wend your way", "go for a stroll", "take a wander", "have a wander", "take a short walk",
    "take a little walk", "toddle", "trundle", "traipse", "tread", "drift", "get go", "get move", "make tracks",
    "walk yourself", "move yourself", "be off", "walk your way", "steer", "steer yourself", "be so good as to walk",
    "work your way", "take your way", "go off", "off you go", "relocate", "transfer yourself", "shift",
    "shift yourself", "journey", "make a quick trip",
)  # fmt: skip
TOWARDS = (
    "for", "as far as", "away to", "off to", "off towards", "away towards", "up beside", "up next to", "up by",
    "right beside",
    "right next to", "right by", "alongside", "up alongside", "over alongside", "to", "towards", "over to",
    "over towards", "across to", "the room to", "across the room to", "through to", "before", "to stand at",
    "to stand by", "to stand beside", "to stand next to", "right in front of", "directly in front of", "up to",
    "right up to", "back to", "on to", "along to", "straight to", "straight for", "right for", "directly to",
    "all the way to", "all the way over to", "down to", "back over to", "near", "next to", "beside", "by", "over by",
    "in front of", "close to", "up close to", "at", "onwards to", "on over to", "and stand in front of",
    "and stand next to", "and stand by", "and stand at", "to stand in front of", "forward to", "out to",
    "back towards", "straight over to", "straight up to", "right over to", "close up to", "over near", "over beside",
    "over next to",
    *(f"{so} {to}" for so in ("all the way", "all the way back", "all the way up", "straight", "straight back",
    "right back",
                              "back over", "back across", "straight on", "straight over", "right over", "directly over")
      for to in ("to", "towards", "up to", "over to")),
)  # fmt: skip
AROUND = (
    "around to the other side of", "around to the far side of", "around to the opposite side of",
    "around to the back of", "around", "once around", "in a circle around", "in a half circle around",
    "in a semicircle around", "half way around", "halfway around", "a circle around", "your way around",
    "over and around", "in a loop around", "in an arc around", "past and around", "up and around",
)  # fmt: skip
VERBLESS = (
    "to",
    "up to",
    "back to",
    "on to",
    "along to",
    "right up to",
    "down to",
    "out to",
    "all the way to",
    "over to",
    "off to",
    "across to",
    "on over to",
    "straight to",
    "straight over to",
)
"""Begin an instruction without a verb ("Over to the door, then wave")."""
OFF = ("off to", "straight off to", "onwards to", "off towards")
"""A way, whatever was said before; "over to" may go on with "point at"."""
VIA = ("by way of", "via", "by the way of")
"""Before what is gone to on the way."""
FROM_HERE = (
    "from over there", "from over here", "from there", "from here", "from where you are", "from where you stand",
    "from your current position", "from your place", "from your spot", "from that spot", "from that place",
    "from this spot", "from you",
)  # fmt: skip
"""Where one is anyway."""
UNTIL = (
    "until you get to", "until you reach", "until you are at", "until you arrive at", "until you are next to",
    "until you are in front of", "until you come to", "until you are beside", "until you are near", "until you are by",
    "until you stand in front of", "until you stand next to", "until you are close to",
)  # fmt: skip
UNTIL_THERE = ("until you get there", "until you are there", "until you arrive", "until you arrive there")
"""The end of a walk, said once more or in place of the goal."""
THROUGH = (
    "down the corridor", "along the corridor", "through the corridor", "up the corridor", "down the hallway",
    "down the hall", "across the room", "through the room", "across the floor", "into the room", "down the passage",
    "along the passage", "through the passage", "around the room",
)  # fmt: skip
"""Of the way, without choosing one."""
FAR_SIDE = ("the other side of", "the far side of", "the opposite side of", "the back of")
_FAR = tuple(f"{whose} {which} side" for whose in ("the", "its") for which in ("other", "far", "opposite"))
TO_FAR_SIDE = (
    "and to the other side",
    *(f"to {far}{of_it}" for far in _FAR for of_it in ("", " of it")),
    *(f"{so} {where} {far}" for far in _FAR for so, where in (
        ("so you", "end up on"), ("so that you", "end up on"), ("so you", "are on"), ("so that you", "are on"),
        ("until you", "are on"), ("until you", "reach"), ("until you", "get to"),
    )),
)  # fmt: skip
FROM_SIDE = tuple(
    f"from {whose} {which} side{of_it}"
    for whose in ("the", "its") for which in ("left", "right", "far", "other", "opposite") for of_it in (" of it", "")
)  # fmt: skip
"""Of what is taken up; "on the left" may say which one is meant."""


def side_in(phrase: str) -> str:
    """The side of a thing that a phrase of `FROM_SIDE` or `LEFT_OR_RIGHT` names: "left", "right" or "far"."""
    return next((side for side in ("left", "right") if side in phrase.split()), "far")


LEFT_OR_RIGHT = ("the left side of", "the right side of")
NEAR_SIDE = ("the front of", "the side of", "the edge of")
CIRCLE = (
    "do a loop around", "take a loop around", "make one loop around", "take a turn around", "do one loop around",
    "circle", "circle around", "orbit", "orbit around", "loop around", "around", "make a circle around",
    "make a half circle around", "do a half circle around", "make a semicircle around", "do a semicircle around",
    "make a half turn around", "go half way around", "go halfway around", "do a circle around", "make a loop around",
    "walk a circle around", "step around",
)  # fmt: skip
APPROACH = (
    "leave for", "set off for", "set out for", "aim for", "start for", "make it to", "make it over to", "go find",
    "go see", "go visit", "come see", "pay a visit to", "drop in on", "pop by", "look in on", "find", "look for",
    "seek out", "swing by", "stop by", "drop by", "drop in at", "call in at", "check in at", "show up at", "come by",
    "go by", "approach", "reach", "visit", "get close to", "arrive at", "be at", "get to", "head for", "make for",
)  # fmt: skip

TURN = (
    "turn your face", "wheel", "wheel yourself", "whirl", "twist", "turn your front", "reorient yourself",
    "align yourself", "make a turn", "do a turn", "take a turn", "make a half turn", "swing", "swing yourself", "spin",
    "spin yourself", "turn", "turn yourself", "turn your body", "rotate", "rotate yourself", "pivot", "swivel",
    "orient yourself", "rotate your body", "turn on the spot", "turn in place", "rotate in place",
    "rotate on the spot",
)  # fmt: skip
TURN_FILL = (
    "about", "around", "back", "around again", "back around", "so that you", "so you", "until you", "so that you are",
    "so you are", "until you are", "over",
)  # fmt: skip
TURN_TO = (
    "to see", "and see", "to view", "to", "towards", "to face", "to face towards", "to look at", "and face",
    "and look at", "face", "look at", "in the direction of", "to look towards", "around to", "around towards",
    "back to", "back towards", "at", "and look towards", "and face towards", "to the direction of",
)  # fmt: skip
FACE = (
    "have a look back at", "take a look back at", "look over towards", "look back to", "look back towards",
    "have a good look at", "take a good look at", "have a quick look at", "take a quick look at", "glance at",
    "glance over at", "gaze at", "cast a look at", "look around at", "turn your attention to", "turn your gaze to",
    "turn your gaze towards", "turn your attention towards", "face", "face towards", "face to", "look at",
    "look over at", "look towards", "look over to", "look to", "have a look at", "take a look at",
    "look in the direction of", "look back at", "face in the direction of", "turn face",
)  # fmt: skip

WAVE = ("wave", "do a wave", "make a wave", "a wave", "wave your hand", "wave a hand", "wave an arm", "wave your arm")
RAISE = ("raise", "lift", "put up", "hold up", "lift up", "raise up")
RAISED = (
    "and wave", "to wave", "in greet", "in a wave", "as a greet", "and say hello", "and say hi", "and wave it",
    "and wave with it", "and give a wave", "to say hello", "for a wave", "to greet",
)  # fmt: skip
LIFT = ("pick up", "pick", "take", "take up", "hoist", "heave up", "lift off", "grab", "grab hold of", "take hold of")
SIT = (
    "sit down", "sit", "take a seat", "have a seat", "be seated", "take your seat", "go sit down", "go and sit down",
    "go sit", "go and sit", "come and sit down", "come sit down", "sit yourself down", "seat yourself", "get seated",
)  # fmt: skip
SIT_ON = ("on", "onto", "in", "down on", "upon", "down in", "on top of")
STAND_UP = (
    "stand up", "get up", "stand back up", "get back up", "rise", "rise to your feet", "get to your feet",
    "get on your feet", "get back on your feet", "get back to your feet", "stand up on your feet", "stop sit",
    "leave your seat", "get out of your seat", "rise from your seat",
)  # fmt: skip
NEAR_TO = ("close", "near", "next", "to", "beside", "by", "at", "before", "against")
UP_FROM = ("from", "off", "out of", "off of", "up from", "up off")
OFF_FLOOR = ("off the floor", "off the ground", "from the floor", "up off the floor", "into the air", "in the air")
AND_HOLD = ("and hold it", "and hold it up", "and keep it up", "and keep hold of it", "and keep it in your hands")
PUT_DOWN = ("put down", "set down", "lower", "put", "set", "lay down", "place", "put back", "let down", "put back down")
WHERE_IT_WAS = ("where it was", "where it stood", "where you find it", "in its place", "where you get it from")
BOTH_HANDS = ("with both hands", "with two hands", "with your hands", "use both hands", "by use both hands")
IN_ONE_HAND = ("with one hand", "in one hand")
ONTO = ("on", "onto", "on to", "on top of", "back on", "back onto", "back on to", "down on", "down onto")
INTO = ("in", "into", "in to", "inside", "inside of", "back in", "back into", "back inside", "down in", "down into")
DROP = ("drop", "let drop", "toss", "throw", "chuck", "pop", "stow", "dump", "let fall")
THROW = ("toss", "throw", "chuck")
"""Said of a bin, it is only put there."""
CARRY = ("carry", "bring", "move", "transport", "haul", "lug", "cart", "convey", "deliver", "fetch", "walk with")
CARRIED_TO = ("to", "over to", "across to", "back to", "towards", "over towards", "up to", "all the way to")
PUSH = ("push", "shove", "slide", "nudge", "give a push to", "push away", "shove away")
SWEEP = ("sweep", "knock", "brush", "swipe", "sweep off", "knock off", "brush off")
WIPE = (
    "wipe", "wipe down", "wipe off", "wipe over", "wipe clean", "clean", "clean off", "clean down", "rub", "rub down",
    "rub over", "polish", "dust", "dust off", "scrub", "give a wipe to", "run your hand over", "run a hand over",
    "pass your hand over", "pass a hand over", "sweep your hand over", "sweep a hand over",
)  # fmt: skip
ITS_TOP = ("the top of", "the surface of", "the plate of", "top of")
WIPED = ("clean", "down", "off", "over", "top", "surface", "a little", "a bit", "gently", "carefully", "to and fro",
         "back and forth", "from side to side")  # fmt: skip
FORWARD = (
    "forward", "forwards", "ahead", "straight ahead", "away", "away from you", "straight forward", "straight",
    "further away", "further on", "straight on", "onwards",
)  # fmt: skip
LEFTWARDS = ("left", "to the left", "to your left", "leftwards", "leftward", "over to the left", "towards the left")
RIGHTWARDS = ("right", "to the right", "to your right", "rightwards", "rightward", "over to the right",
              "towards the right")  # fmt: skip
A_LITTLE = ("a little", "a bit", "a little bit", "some way", "a little way", "slightly", "gently", "carefully", "over")
OFF_A_TOP = ("off", "off of", "off from", "off the edge of", "off the side of", "over the edge of", "down from", "from")
TO_THE_FLOOR = ("to the floor", "onto the floor", "on to the floor", "to the ground", "onto the ground",
                "down to the floor", "down onto the floor", "off to the floor", "off onto the floor")  # fmt: skip
A_HAND = ("your hand", "a hand", "one hand", "your arm", "an arm", "one arm", "the hand")
GIVE = (
    "give a wave", "give me a wave", "give me a friendly wave", "give me a quick wave", "give everyone a wave",
    "give everybody a wave", "give them a wave", "give me a little wave", "give one wave", "give us a friendly wave",
    "give a friendly wave", "give a quick wave", "give a little wave", "give a small wave", "give a nice wave",
    "give a big wave", "give a short wave", "a friendly wave", "a quick wave", "wave friendly", "give us a wave",
)  # fmt: skip
GREET = (
    "greet whoever is watch", "wave at whoever is watch", "wave to whoever is watch", "greet the viewer",
    "greet the viewers", "greet the audience", "greet the camera", "wave to the viewer", "wave to the audience",
    "wave at the viewer", "wave at the audience", "greet people", "greet whoever is there", "say hello to the camera",
    "say hi to the camera", "say hello to everyone", "say hi to everyone", "say hello to us", "say hi to us",
    "say hello to me", "say hi to me", "greet me", "greet us", "greet everyone", "greet me with a wave",
    "greet us with a wave", "greet with a wave", "greet everyone with a wave", "wave to me", "wave at me",
    "wave to us", "wave at us", "wave at the camera", "wave to the camera", "wave to everyone", "say hello", "say hi",
    "say goodbye", "say bye", "greet", "say hello with a wave", "wave hello", "wave goodbye", "wave hi", "wave bye",
    "wave in greeting", "say farewell",
)  # fmt: skip
AT_ONLY = ("at", "to", "towards", "in the direction of", "over at", "back at", "straight at", "directly at")
"""Of directions alone; "over to" would be a way as well."""
UNTIL_FACED = (
    "until you face it", "until you are face it", "so that you face it", "so you face it",
    "until it is in front of you", "until you see it", "until you are look at it",
)  # fmt: skip
WAVE_AT = ("at", "to", "towards", "over at", "over to", "back at", "in the direction of", "across to")

POINT = (
    "extend", "stretch", "stretch out", "hold out", "aim", "reach out", "point", "point your finger",
    "point your hand", "point your arm", "gesture", "point with your finger", "point a finger", "point an arm",
    "point a hand",
)  # fmt: skip
POINT_AT = (
    "at", "to", "towards", "out", "over at", "over to", "over towards", "in the direction of", "back at", "back to",
    "straight at", "directly at",
)  # fmt: skip
SHOW = (
    "let me know where", "let us know where", "tell me where", "tell us where", "show me where", "show me", "indicate",
    "point out", "show", "show us",
)  # fmt: skip

STAND = (
    "keep your place", "hold your place", "keep your spot", "stay in position", "stay in your place", "wait around",
    "stick around", "linger", "stay a while", "hang around", "stay at your place", "keep to your place", "hold",
    "hold there", "hold here", "freeze", "freeze in place", "come to a standstill", "come to rest", "hold that pose",
    "hold the pose", "hold it", "hold that position", "hold your pose", "stand fast", "rest", "have a rest",
    "take a rest", "stand idle", "stay as you are", "remain as you are", "stay exactly where you are", "stop and wait",
    "stop and stand still", "stop and stay still", "stand and wait", "wait and stand still", "do not move at all",
    "stay quite still", "stay completely still", "stand completely still", "stand absolutely still",
    "hold perfectly still", "stand at rest", "keep where you are", "remain completely still", "stay on the spot",
    "stand on the spot", "wait on the spot", "stay right there", "stay right where you are",
    "stand still where you are", "keep your position", "stand still", "stand", "stand up straight", "hold still",
    "keep still", "stay still", "stay put", "stay", "stay where you are", "remain", "remain still", "remain stand",
    "remain where you are", "wait", "hold on", "hold your position", "hold position", "pause", "stop", "halt",
    "do not move", "do nothing", "stand motionless", "be still", "hang on", "stand in place", "stay in place",
    "stand quietly", "stand there", "stand here", "wait there", "wait here", "stay there", "stay here", "stop there",
    "stop here", "stand still there", "stand still here", "remain there", "remain in place", "stand perfectly still",
    "stay stand", "keep stand", "remain motionless", "stay motionless", "stand where you are", "wait in place",
    "stand without move", "wait without move", "come to a stop", "come to a halt", "make a stop", "make a pause",
    "take a pause", "be quiet and still", "stand by", "keep quite still", "stop move", "stay like that",
    "stay like this", "stand still like that", "stay still like that", "hold still like that", "hold that",
    "hold this", "come to a full stop", "stay so", "remain like that", "remain like this", "keep that pose",
    "keep this pose", "stay in that position", "stay in that pose", "stand your ground", "wait it out", "stop walk",
    "keep stock still", "stand stock still", "stay perfectly still", "stand tall", "be patient", "take a breather",
    "take a short break", "take a break", "have a break", "have a breather",
)  # fmt: skip
STEP_OVER = (
    "step over", "step across", "stride over", "climb over", "get over", "go over", "walk over", "pass over",
    "cross over", "step right over", "step carefully over", "lift your feet over", "step up and over",
)  # fmt: skip
DUCK_UNDER = (
    "duck under", "duck", "duck down under", "duck beneath", "duck below", "go under", "go beneath", "go below",
    "walk under", "walk beneath", "pass under", "pass beneath", "pass below", "get under", "bend under", "stoop under",
    "crouch under", "bow under", "limbo under", "duck and go under", "duck and walk under", "step under", "move under",
    "bend down and go under", "go through under", "walk through under",
)  # fmt: skip
STANDING_AT = (
    "at", "by", "near", "next to", "beside", "in front of", "close to", "over by", "over at", "right at",
    "right next to", "right in front of", "before",
)  # fmt: skip
WITH = ("with", "use", "by use")
AGAIN = (
    "the same again",
    "do the same",
    "the same",
    "do the same thing",
    "the same thing",
    "do likewise",
    "once more",
    "do it once more",
    "do that once more",
    "do the same once more",
    "do this again",
    "do it again",
    "do that again",
    "repeat that",
    "repeat it",
    "repeat",
    "do the same again",
    "again",
)
THAT_WAY = ("in its direction", "in that direction", "that way")
_AS_YOU_LIKE = tuple(
    f" {that}you {like}" for that in ("", "that ")
    for like in ("like", "prefer", "want", "choose", "fancy", "wish", "please", "like best", "like better", "feel like")
)  # fmt: skip
WITH_A_HAND = (
    "with one hand", "with a hand", "with your hand", "with your arm", "with your finger", "with one arm",
    "with an arm", "with your index finger", "with an outstretched arm", "with an outstretched hand",
    *(f"{use} {which} {hand}{like}" for use in ("with", "use") for which in ("whichever", "whatever", "any", "either")
      for hand in ("hand", "arm", "one", "hand it is") for like in ("", *_AS_YOU_LIKE)),
    *(f"{use} {one} {hand} of your {end}" for use in ("with", "use") for one in ("a", "the", "one", "either")
      for hand in ("hand", "arm") for end in ("choice", "choosing", "liking")),
    *(f"{use} {one} of your {hands}" for use in ("with", "use") for one in ("one", "either", "any")
      for hands in ("hands", "arms", "two hands")), "with whichever you like", "with whichever you prefer",
    *(f"it does not matter {which}{hand}" for which in ("which", "with which") for hand in (" hand", " arm", "")),
)  # fmt: skip
HELLO = (
    "good bye", "with a wave", "with a friendly wave", "with a quick wave", "hello", "goodbye", "hi", "bye",
    "in greeting", "friendly", "in a friendly way",
)  # fmt: skip
COUNTS = {"once": 1, "twice": 2, "thrice": 3, "a second time": 1, "one more time": 1, "one time": 1,
          "a couple of times": 2, "a couple times": 2, "a couple more times": 2, "another time": 1,
          "once again": 1}  # fmt: skip


def words_of(*tables: Iterable[str]) -> set[str]:
    """Every word in the phrases."""
    return {word for table in tables for phrase in table for word in phrase.split()}


_TABLES = [
    t
    for module in (globals(), vars(ow), vars(manners), vars(courtesy))
    for n, t in module.items()
    if not n.startswith("_")
]
VOCABULARY = words_of(
    *(t for t in _TABLES if isinstance(t, tuple | dict | frozenset)),
    ("left right hand arm finger twice times once seconds second minute half from there here its",),
)
"""Every word in a table of phrases; gathered from the modules, so that a new table cannot be forgotten."""
