[experiment]
seed = 1
[algorithm.asp]
learning_rate =
momentum =
staleness_scaling = no
delay_compensation = 0
