# awk -F, -v key=KEY [-v name=I] -f bottleneck.awk SWEEP.CSV
# The bars of bottleneck.gp: "GROUPS ALGORITHMS BARS", then "group algorithm seconds busy" for each bar. With name: name I of the
# algorithms (labels), then of the groups. Of several seeds, and of several values of other keys, the mean.

FNR == 1 {
    for (i = 1; i <= NF; i++)
        at[$i] = i
    next
}

at[key] && at["virtual_s"] && at["utilisation"] && $at["virtual_s"] > 0 {
    group = $at[key]
    who = $at["algorithm"]
    if (!(group in groups)) {
        groups[group] = ++n_groups
        group_name[n_groups] = group
    }
    if (!(who in algorithms)) {
        algorithms[who] = ++n_algorithms
        label[n_algorithms] = $at["label"] == "" ? who : $at["label"]
    }
    n[groups[group], algorithms[who]]++
    seconds[groups[group], algorithms[who]] += $at["virtual_s"]
    busy[groups[group], algorithms[who]] += $at["utilisation"]
}

END {
    if (name) {
        print name <= n_algorithms ? label[name] : group_name[name - n_algorithms]
        exit
    }
    for (g = 1; g <= n_groups; g++)
        for (a = 1; a <= n_algorithms; a++)
            if (n[g, a])
                bars[++count] = g " " a " " seconds[g, a] / n[g, a] " " busy[g, a] / n[g, a]
    if (count)
        print n_groups, n_algorithms, count
    for (k = 1; k <= count; k++)
        print bars[k]
}
