"""The numbers of a run, computed again in float64 from its data, its first parameters and its history (../algorithms.py).

run.py       what a finished run's folder says: settings, history, shares, first and last parameters
history.py   the order in which each worker computed, pushed and accepted
data.py      images, shares, batches
network.py   forward and backward of the models
steps.py     from a gradient to the direction of a step: clipping, optimisers; schedules of rates
messages.py  what a receiver reads of a message: error feedback, fragments
codecs.py    what a codec leaves of a tensor; factors.py, philox.py
sizes.py     how many bytes each message has, against those of the run
statistics.py  BatchNorm's running statistics at the workers and at the PS
play.py      plays a history with a rule
rule.py      what a rule is; rules_*.py: the rules, from the papers
defects.py   faults that can be put in on purpose
"""
