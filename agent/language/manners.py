"""What is said for politeness and has no meaning for the plan."""

from __future__ import annotations

from agent.language.courtesy import AT_EASE

POLITE = (
    "please", "kindly", "could you please", "can you please", "could you", "can you", "would you", "will you",
    "would you mind", "i want you to", "i would like you to", "i need you to", "i would like to see you",
    "let us see you", "let me see", "you will want to", "you might want to", "you may want to", "you could",
    "you should", "you must", "you need to", "you have to", "you can", "you will", "you", "let us", "go ahead and",
    "thank you", "thanks", "robot", "hey robot", "hello robot", "hi robot", "hey", "ok", "okay", "alright",
    "all right", "so", "now", "just", "simply", "carefully", "calmly", "your task is to", "your job is to",
    "be so kind as to", "be so kind and", "if you do not mind", "for me", "as well", "also", "too", "again", "try to",
    "remember to", "make sure to", "do the follow", "do the follow things", "do the follow steps", "do this",
    "follow these steps",
    "here is what to do", "once more", "let us have you", "let me have you", "i would love to have you",
    "i want to see you", "i would love you to", "i would love to see you", "your next task is to",
    "your first task is to", "it would be great if you could", "it would be nice if you could",
    "it would be great if you", "it would be nice if you", "it would be lovely if you",
    "it would be lovely if you could", "i would be glad if you", "i would be happy if you",
    "i would appreciate it if you", "take a moment to", "take the time to", "be sure to", "do not forget to",
    "feel free to", "what i want is for you to", "do you think you could", "mind", "how about you", "why do not you",
    "go and", "let me see you", "do me a favor and", "do me a favour and", "the robot should", "the robot has to",
    "the robot must", "i would like the robot to", "come on", "good", "great", "right then", "listen",
    "may i ask you to", "i ask you to", "you are to", "be a dear and", "your task", "your job", "your mission",
    "make sure you", "make sure that you", "be sure you", "ensure you", "ensure that you", "hi there", "hello there",
    "hey there", "good morning", "good day", "could i get you to", "can i get you to", "could i have you",
    "can i have you", "may i have you", "can i ask you to", "could i ask you to", "might i ask you to",
    "would it be possible for you to", "is it possible for you to", "i was hoping you could",
    "i would be grateful if you", "i would be grateful if you could", "i wonder if you could", "i am asking you to",
    "what i would like is for you to", "what i need is for you to", "i was wondering if you could", "you are go to",
    "i was wondering whether you could", "i wonder whether you could", "if you would", "if you could", "if you please",
    "if you would please", "if you could please", "would you be able to", "will you be able to", "are you able to",
    "would you like to", "if possible", "if you would not mind", "if you would be so kind",
    "would you be so kind as to", "would you be kind enough to", "the plan", "here is the plan", "the task",
    "your instructions", "here you go", "i would be pleased if you", "i would be delighted if you",
    "i would be glad if you could", "i would be happy if you could", "i would be pleased if you could",
    "i would appreciate it if you could", "it would help if you", "it would help if you could", "do you mind",
    "would you care to", "go right ahead and", "could i trouble you to", "can i trouble you to", "let us have you",
    "i would ask you to", "may i see you", "i expect you to", "you ought to", "you are supposed to", "you get to",
    "that would be great", "that would be nice", "that would be lovely", "that is all", "that is it",
    "that will be all", "thank you very much", "thanks a lot", "many thanks", "cheers", "much appreciated", "well do",
    "there you go", "let us say you", "how about", "though", "however", "that is everything", "you are do",
    "you will be do", *AT_EASE,
)  # fmt: skip
"""Said for politeness; skipped where a clause begins."""

TRAILING = (
    "please", "thank you", "thanks", "for me", "as well", "also", "too", "again", "now", "robot", "if you can", "then",
    "in that order", "in this order", "by walk there", "by go there", "afterwards", "next", "if you do not mind",
    "once more", "if you would", "if you could", "if you please", "if possible", "if you would not mind",
    "if you would be so kind", "thank you very much", "thanks a lot", "many thanks", "cheers",
    "please and thank you", "though", *AT_EASE,
)  # fmt: skip
"""Skipped where a clause ends."""

CORRECTIONS = (
    "actually", "wait no", "no wait", "sorry", "well", "oops", "my mistake", "scratch that", "hang on no",
    "on second thought", "on second thoughts",
)  # fmt: skip
"""Polite or idle where an instruction begins; later on they may take back what was said, and nothing is guessed."""

WISHED = ("if you", "whether you", "see you", "if you could", "have you")
"""Ends of politeness after which a past form is a wish ("it would be nice if you waved")."""
