"""The phrases that are understood, by what they mean. Words are in base form ("waving" -> "wave")."""

from __future__ import annotations

from collections.abc import Iterable

POLITE = (
    "please", "kindly", "could you please", "can you please", "could you", "can you", "would you", "will you",
    "would you mind", "i want you to", "i would like you to", "i need you to", "i would like to see you",
    "let us see you", "let me see", "you will want to", "you might want to", "you may want to",
    "you could",
    "you should",
    "you must", "you need to", "you have to", "you can", "you will", "you", "let us", "go ahead and", "thank you",
    "thanks", "robot", "hey robot", "hello robot", "hi robot", "hey", "ok", "okay", "alright", "all right", "well",
    "so", "now", "just", "simply", "carefully", "calmly", "your task is to", "your job is to", "be so kind as to",
    "be so kind and", "if you do not mind", "if you can", "for me", "as well", "also", "too", "again", "try to",
    "i would like", "remember to", "make sure to", "do the following",
    "do this", "follow these steps", "here is what to do", "once more",
    "actually", "wait no", "sorry", "let us have you", "have you", "i want to see you", "i would love you to",
    "i would love to see you", "your next task is to", "your first task is to", "it would be great if you could",
    "it would be nice if you could", "it would be great if you", "it would be nice if you", "it would be lovely if you",
    "it would be lovely if you could", "i would be glad if you", "i would be happy if you",
    "i would appreciate it if you",
    "take a moment to", "take the time to", "be sure to", "do not forget to", "feel free to",
    "what i want is for you to", "do you think you could", "mind", "how about you", "why do not you", "go and",
    "let me see you", "do me a favor and", "do me a favour and",
    "the robot should", "the robot has to", "the robot must", "i would like the robot to",
    "come on", "good", "great", "right then", "listen", "may i ask you to", "i ask you to", "you are to",
    "be a dear and", "your task", "your job", "your mission", "make sure you", "make sure that you", "be sure you",
    "ensure you", "ensure that you", "hi there", "hello there", "hey there", "good morning", "good day",
    "could i get you to",
    "can i get you to", "could i have you", "can i have you", "may i have you", "can i ask you to",
    "could i ask you to",
    "might i ask you to", "would it be possible for you to", "is it possible for you to", "i was hoping you could",
    "i would be grateful if you", "i would be grateful if you could", "i wonder if you could", "i am asking you to",
)  # fmt: skip
"""Said for politeness; skipped where a clause begins."""

TRAILING = (
    "please", "thank you", "thanks", "for me", "as well", "also", "too", "again", "now", "robot", "if you can",
    "then",
    "in that order", "in this order", "by walk there", "by go there", "afterwards", "next", "if you do not mind",
    "once more",
)  # fmt: skip
"""Skipped where a clause ends."""

CONNECTIVES = (
    "as soon as you arrive", "as soon as you get there", "the moment you arrive", "the moment you get there",
    "when you have do so", "once you have do so", "after you have do so", "after you have do that", "and",
    "and then", "then", "but", "but then", "next", "after that", "after this", "afterwards", "subsequently",
    "when you have finish", "once you have finish", "when finish", "once finish", "having do that", "having do so",
    "that do", "with that do", "this do", "immediately after", "straight after", "right after", "right after that",
    "straight after that", "follow by", "that is follow by", "when that is finish", "once that is finish",
    "when you have finish that", "once you have finish that", "when you are through", "when it is do", "once it is do",
    "when this is do", "once this is do", "as soon as that is do", "as soon as you are do", "with that finish",
    "shortly after", "a moment later", "thereafter", "thereupon", "in turn", "only then", "after which you should",
    "after which you", "after which", "whereupon", "whereupon you",
    "in that order", "in this order", "from that place", "from here",
    "finally", "lastly", "at last", "at the end", "in the end", "last", "last of all", "to finish", "to finish off",
    "to finish up", "to start", "to start with", "to begin", "to begin with", "second", "secondly", "third",
    "thirdly",
    "fourth", "from there", "where you should", "where you can", "where you", "once there", "when there",
    "once you are there", "when you are there",
    "when you get there",
    "once you get there", "as soon as you are there", "after you get there", "after you are there", "when done",
    "once done", "when you are do", "once you are do", "when you are finish", "when you have do that",
    "after do that",
    "after do so", "once you have do that", "when that is do", "once that is do", "when you arrive",
    "once you arrive",
    "on arrival", "upon arrival", "after arrive", "plus", "later", "as a next step", "as a last step", "step 1",
    "step 2", "step 3", "step 4",
)  # fmt: skip
"""Join clauses without changing their order."""

SEQUENCE = frozenset(
    (
        "only then",
        "after which you should",
        "after which you",
        "after which",
        "whereupon",
        "whereupon you",
        "then",
        "next",
        "finally",
        "lastly",
        "afterwards",
        "subsequently",
        "last",
        "later",
        "and then",
        "but then",
        "follow by",
        "that is follow by",
    )
) | {"after that"}
"""Those that put what follows after all that came before."""

OPENERS = ("first", "firstly", "first of all", "to start", "to start with", "to begin", "to begin with", "beforehand",
           "first off", "for starters", "first thing", "before anything else", "before all else")  # fmt: skip

FIRST = (*OPENERS, "before that", "at first")
LAST = ("last", "lastly", "last of all", "at last", "at the end", "at the very end", "in the end", "finally",
        "to finish", "to finish with", "to finish off", "to end with", "to end", "to close",
        "as a last step")  # fmt: skip
"""Said at the end of a clause, they tell its place among the others."""

STATES = ("you are", "you have", "you")
"""May stand between "after" and a verb ("after you have waved")."""

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
    "have a stroll", "walk", "go", "head", "come", "step", "move", "stroll", "wander", "proceed", "travel",
    "navigate", "return",
    "get",
    "march", "a walk", "a stroll", "a short walk", "a quick walk", "a little walk", "pop", "pace", "amble",
    "saunter", "advance", "trot", "get yourself", "take yourself", "bring yourself",
    "position yourself", "place yourself", "put yourself", "station yourself", "plant yourself", "set off", "cross",
    "hurry", "carry on", "walk on", "walk straight", "make a move", "have a walk", "take a stroll", "go on a walk",
    "take a few steps", "take some steps", "take a step", "take several steps", "make a trip", "take a trip",
    "pick a spot", "take up a spot", "find a spot", "take a spot", "choose a spot", "pick a place", "find a place",
    "take up a place", "direct yourself", "take yourself over",
    "take a position", "take up a position", "take up position", "take position", "take your place",
    "take your position", "take your stand", "get into position", "make your way", "take a walk", "go walk",
    "go for a walk", "find your way", "continue",
)  # fmt: skip
TOWARDS = (
    "for",
    "away to", "off to", "off towards", "away towards", "up beside", "up next to", "up by", "right beside",
    "right next to",
    "right by", "alongside", "up alongside", "over alongside",
    "to", "towards", "over to", "over towards", "across to", "the room to", "across the room to", "through to",
    "before",
    "to stand at", "to stand by", "to stand beside", "to stand next to", "right in front of",
    "directly in front of", "up to", "right up to", "back to", "on to", "along to",
    "straight to", "straight for", "right for", "directly to", "all the way to", "all the way over to", "down to",
    "back over to", "near",
    "next to", "beside", "by", "over by", "in front of", "close to", "up close to", "at", "onwards to", "on over to",
    "and stand in front of", "and stand next to", "and stand by", "and stand at", "to stand in front of",
    "forward to",
    "out to", "back towards", "straight over to", "straight up to", "right over to", "close up to", "over near",
    "over beside", "over next to",
)  # fmt: skip
AROUND = (
    "around to the other side of", "around to the far side of", "around to the opposite side of",
    "around to the back of",
    "around", "once around", "in a circle around", "in a half circle around", "in a semicircle around",
    "half way around", "halfway around", "a circle around", "your way around", "over and around",
    "in a loop around", "in an arc around", "past and around", "up and around",
)  # fmt: skip
FROM_HERE = ("from there", "from here", "from where you are", "from where you stand", "from your current position",
             "from your place", "from your spot", "from that spot", "from that place", "from this spot")  # fmt: skip
"""Where one is anyway."""
UNTIL = ("until you get to", "until you reach", "until you are at", "until you arrive at", "until you are next to",
         "until you are in front of", "until you come to", "until you are beside", "until you are near",
         "until you are by", "until you stand in front of", "until you stand next to",
         "until you are close to")  # fmt: skip
UNTIL_THERE = ("until you get there", "until you are there", "until you arrive", "until you arrive there")
"""The end of a walk, said once more or in place of the goal."""
THROUGH = ("down the corridor", "along the corridor", "through the corridor", "up the corridor", "down the hallway",
           "down the hall", "across the room", "through the room", "across the floor", "into the room",
           "down the passage", "along the passage", "through the passage", "around the room")  # fmt: skip
"""Of the way, without choosing one."""
FAR_SIDE = ("the other side of", "the far side of", "the opposite side of", "the back of")
TO_FAR_SIDE = (
    "to the other side", "to the far side", "to its other side", "to its far side", "to the opposite side",
    "so you end up on the other side", "so you end up on the far side", "so that you end up on the other side",
    "so that you end up on the far side", "so you end up on its other side", "so you end up on its far side",
    "so that you end up on its other side", "so that you end up on its far side", "until you are on the other side",
    "until you are on the far side", "until you are on its far side", "until you are on its other side",
    "to the other side of it", "to the far side of it", "and to the other side",
)  # fmt: skip
NEAR_SIDE = ("the front of", "the side of", "the edge of")
CIRCLE = ("do a loop around", "take a loop around", "make one loop around", "do one loop around", "circle",
    "circle around", "orbit", "orbit around", "loop around", "around", "make a circle around",
    "make a half circle around", "do a half circle around", "make a semicircle around",
          "do a semicircle around", "make a half turn around", "go half way around", "go halfway around",
          "do a circle around", "make a loop around", "walk a circle around", "step around")  # fmt: skip
APPROACH = (
    "leave for",
    "set off for",
    "set out for",
    "aim for",
    "start for",
    "go find",
    "find",
    "look for",
    "seek out",
    "swing by",
    "stop by",
    "drop by",
    "drop in at",
    "call in at",
    "check in at",
    "show up at",
    "come by",
    "go by",
    "approach",
    "reach",
    "visit",
    "get close to",
    "arrive at",
    "be at",
    "get to",
    "head for",
    "make for",
)

TURN = ("make a turn", "do a turn", "take a turn", "make a half turn",
    "swing", "swing yourself", "spin", "spin yourself", "turn", "turn yourself", "turn your body", "rotate",
    "rotate yourself", "pivot", "swivel", "orient yourself",
        "rotate your body", "turn on the spot", "turn in place", "rotate in place", "rotate on the spot")  # fmt: skip
TURN_FILL = ("about", "around", "back", "around again", "back around", "so that you", "so you", "until you",
    "so that you are",
             "so you are", "until you are", "over")  # fmt: skip
TURN_TO = ("to see", "and see", "to view", "to", "towards", "to face", "to face towards", "to look at", "and face",
    "and look at", "face", "look at",
           "in the direction of", "to look towards", "around to", "around towards", "back to", "back towards", "at",
           "and look towards", "and face towards", "to the direction of")  # fmt: skip
FACE = ("have a look back at", "take a look back at", "look over towards", "look back to", "look back towards",
    "have a good look at", "take a good look at", "have a quick look at", "take a quick look at", "glance at",
        "glance over at", "gaze at", "cast a look at", "look around at", "turn your attention to", "turn your gaze to",
        "turn your gaze towards", "turn your attention towards", "face", "face towards", "face to", "look at",
        "look over at", "look towards", "look over to", "look to",
        "have a look at", "take a look at", "look in the direction of", "look back at", "face in the direction of",
        "turn face")  # fmt: skip

WAVE = ("wave", "do a wave", "make a wave", "a wave", "wave your hand", "wave a hand", "wave an arm", "wave your arm")
RAISE = ("raise", "lift", "put up", "hold up", "lift up", "raise up")
RAISED = ("and wave", "to wave", "in greet", "in a wave", "as a greet", "and say hello", "and say hi",
          "and wave it", "and wave with it", "and give a wave", "to say hello", "for a wave", "to greet")  # fmt: skip
A_HAND = ("your hand", "a hand", "one hand", "your arm", "an arm", "one arm", "the hand")
GIVE = ("give a wave", "give me a wave", "give me a friendly wave", "give me a quick wave", "give everyone a wave",
        "give everybody a wave", "give them a wave", "give me a little wave", "give one wave",
        "give us a friendly wave", "give a friendly wave", "give a quick wave", "give a little wave",
        "give a small wave",
        "give a nice wave", "give a big wave", "give a short wave", "a friendly wave", "a quick wave",
        "wave friendly",
        "give us a wave")  # fmt: skip
GREET = ("greet whoever is watch", "wave at whoever is watch", "wave to whoever is watch", "greet the viewer",
         "greet the viewers", "greet the audience", "greet the camera", "wave to the viewer", "wave to the audience",
         "wave at the viewer", "wave at the audience", "greet people", "greet whoever is there",
         "say hello to the camera",
         "say hi to the camera", "say hello to everyone", "say hi to everyone", "say hello to us", "say hi to us",
         "say hello to me", "say hi to me", "greet me", "greet us", "greet everyone", "greet me with a wave",
         "greet us with a wave", "greet with a wave", "greet everyone with a wave", "wave to me", "wave at me",
         "wave to us", "wave at us", "wave at the camera", "wave to the camera", "wave to everyone", "say hello",
         "say hi", "say goodbye", "say bye", "greet", "say hello with a wave", "wave hello",
         "wave goodbye",
         "wave hi", "wave bye", "wave in greeting", "say farewell")  # fmt: skip
WAVE_AT = ("at", "to", "towards", "over at", "over to", "back at", "in the direction of", "across to")

POINT = ("extend", "stretch", "stretch out", "hold out", "aim", "reach out", "point", "point your finger",
    "point your hand", "point your arm", "gesture", "point with your finger",
         "point a finger", "point an arm", "point a hand")  # fmt: skip
POINT_AT = ("at", "to", "towards", "out", "over at", "over to", "over towards", "in the direction of", "back at",
            "back to", "straight at", "directly at")  # fmt: skip
SHOW = (
    "let me know where",
    "let us know where",
    "tell me where",
    "tell us where",
    "show me where",
    "show me",
    "indicate",
    "point out",
    "show",
    "show us",
)

STAND = (
    "keep your place", "hold your place", "keep your spot", "stay in position", "stay in your place", "wait around",
    "stick around", "linger", "stay a while", "hang around", "stay at your place", "keep to your place", "hold",
    "hold there", "hold here",
    "freeze", "freeze in place", "come to a standstill", "come to rest", "hold that pose", "hold the pose", "hold it",
    "hold that position", "hold your pose", "stand fast", "rest", "have a rest", "take a rest", "stand idle",
    "stay as you are", "remain as you are", "stay exactly where you are", "stop and wait", "stop and stand still",
    "stop and stay still", "stand and wait", "wait and stand still", "do not move at all", "stay quite still",
    "stay completely still", "stand completely still", "stand absolutely still", "hold perfectly still",
    "stand at rest",
    "keep where you are", "remain completely still", "stay on the spot", "stand on the spot", "wait on the spot",
    "stay right there", "stay right where you are", "stand still where you are", "keep your position",
    "stand still", "stand", "stand up straight", "hold still", "keep still", "stay still", "stay put", "stay",
    "stay where you are", "remain", "remain still", "remain stand", "remain where you are", "wait", "hold on",
    "hold your position", "hold position", "pause", "stop", "halt", "do not move", "do nothing", "stand motionless",
    "be still", "hang on", "stand in place", "stay in place", "stand quietly", "stand there", "stand here",
    "wait there",
    "wait here", "stay there", "stay here", "stop there", "stop here", "stand still there", "stand still here",
    "remain there", "remain in place", "stand perfectly still", "stay stand", "keep stand", "remain motionless",
    "stay motionless", "stand where you are", "wait in place", "stand without move", "wait without move",
    "come to a stop", "come to a halt", "make a stop", "make a pause", "take a pause", "be quiet and still",
    "stand by",
    "keep quite still", "stop move",
)  # fmt: skip
STANDING_AT = ("at", "by", "near", "next to", "beside", "in front of", "close to", "over by", "over at", "right at",
               "right next to", "right in front of", "before")  # fmt: skip
VAGUE_TIMES = ("for a moment", "a moment", "for a bit", "a bit", "briefly", "for a while", "a while",
               "for a little while",
               "a little while", "for a few seconds", "a few seconds", "for some seconds", "for some time",
               "some time",
               "for a short time", "for a short while", "for a little bit")  # fmt: skip

WITH = ("with", "use", "by use")
BEFORE = ("before", "but before", "prior to")
AFTER = ("after", "having", "upon", "once you have", "once", "when", "as soon as", "only after")
BEGIN = ("start", "begin", "start off", "start out", "begin your task")
GO_ON = ("continue", "go on", "carry on", "proceed", "follow", "follow up", "follow that", "follow this", "follow it")
FINISH = ("finish", "end", "end up", "finish up", "finish off", "conclude", "finish the task", "end your task")
BY = ("by", "with")
AGAIN = ("do it again", "do that again", "repeat that", "repeat it", "repeat", "do the same again", "again")
THAT_WAY = ("in its direction", "in that direction", "that way")
WITH_A_HAND = ("with one hand", "with a hand", "with your hand", "with your arm", "with your finger", "with one arm",
               "with an arm", "with your index finger", "with an outstretched arm",
               "with an outstretched hand")  # fmt: skip
HELLO = (
    "good bye",
    "with a wave",
    "with a friendly wave",
    "with a quick wave",
    "hello",
    "goodbye",
    "hi",
    "bye",
    "in greeting",
    "friendly",
    "in a friendly way",
)
COUNTS = {"once": 1, "twice": 2, "thrice": 3, "a second time": 1, "one more time": 1, "one time": 1}


def words_of(*tables: Iterable[str]) -> set[str]:
    """Every word in the phrases."""
    return {word for table in tables for phrase in table for word in phrase.split()}


VOCABULARY = words_of(
    POLITE, TRAILING, CONNECTIVES, OPENERS, STATES, REFUSED, WALK, TOWARDS, AROUND, FAR_SIDE, TO_FAR_SIDE, NEAR_SIDE,
    CIRCLE, APPROACH, TURN, TURN_FILL, TURN_TO, FACE, WAVE, GIVE, GREET, RAISE, RAISED, A_HAND, WAVE_AT, POINT,
    POINT_AT, SHOW, STAND,
    STANDING_AT, VAGUE_TIMES, WITH, AGAIN, HELLO, COUNTS, BEFORE, AFTER, BEGIN, FINISH, BY,
    ("left right hand arm finger twice times once seconds second minute half from there here its",),
)  # fmt: skip
