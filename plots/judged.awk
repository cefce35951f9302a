# awk -F, -f judged.awk comparison.csv...
# What the runs are judged on: "validation" where the first row of the first file says so, else "test".

FNR == 1 {
    delete at
    for (i = 1; i <= NF; i++)
        at[$i] = i
    next
}

{
    if (("judged_on" in at) && $at["judged_on"] == "validation")
        word = "validation"
    exit
}

END { print word ? word : "test" }
