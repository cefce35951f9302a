#!/usr/bin/env bash
# Tables of reports: each cell names its column. In a browser, at every width and on paper, each is inside its card; without
# Chromium that is not tried.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"

must play wide --no-train --algorithm bsp,losp,local_sgd
must play faulty --algorithm bsp,losp,k_async --iterations 100 --set experiment.target_accuracy=0.1 --set output.eval_every=20 \
    --set output.at="10ms, 20ms, 30ms, 1MiB, 500KiB, 300KiB, 10s, 1GiB" --set faults.crash_probability=0.01 --set faults.down_time=5ms
must "$simulate" "$smoke" -q --algorithm bsp,losp --iterations 40 --set output.at=5ms --sweep network.bandwidth=10Mbit/s,1Gbit/s \
    --sweep network.latency=1ms,20ms --sweep experiment.seed=1,2 --sweep algorithm.losp.learning_rate=0.1,0.2 --set data.validation=0.2 -o swept >/dev/null 2>&1
for run in wide faulty swept; do must "$simulate" --report $run >/dev/null 2>&1 && mv $run/report.html $run.html; done
must "$simulate" --report -o merged.html wide faulty >/dev/null 2>&1
for seed in 1 2; do
    must play seed$seed --algorithm bsp,losp --iterations 100 --set experiment.target_accuracy=0.1 --set output.eval_every=20 \
        --set output.at="10ms, 1MiB" --seed $seed
done
must "$simulate" --report -o seeds.html seed1 seed2 >/dev/null 2>&1

for page in wide faulty swept merged seeds; do check "$page: each cell names its column" python3 "$root/tests/cli/check_report.py" $page.html; done

# The tables of a comparison, one a line: the number in the class, which is the width in rem below which it is folded, and its heads.
tables() { tr '\n' ' ' <"$1.html" | grep -oE '<table class="comparison fit.*</table>' | sed 's|</table>|&\n|g' | grep 'comparison fit' | sed -E 's|.*comparison fit([0-9]+).*<thead>(.*)</thead>.*|\1 \2|; s|&nbsp;| |g; s|<br><i>[^<]*</i>||g; s|<[^>]*>|,|g; s|,+|,|g'; }
tables seeds >blocks
check "a table that is wider than a page is two" same "$(wc -l <blocks)" 2
check "  the first has what a comparison is about" same "$(sed -n '1s/^[0-9]* //p' blocks)" \
    ",algorithm,seeds,accuracy,time,to 10 %,at 10 ms,at 1 MiB,speed-up over bsp,up,down,"
check "  the second has the rest" same "$(sed -n '2s/^[0-9]* //p' blocks)" \
    ",algorithm,best,loss,iterations,rounds,vs formula,up to 10 %,down to 10 %,idle,"
check "  neither is folded at 1400 px" same "$(awk '$1 <= 80' blocks | wc -l)" 2
check "a table that fits is one" same "$(tables wide | wc -l)" 1

browser=$(command -v chromium || command -v chromium-browser || command -v google-chrome) || {
    echo "no Chromium here: not looked at"
    finish
}
browse() { timeout 120 "$browser" --headless --no-sandbox --disable-gpu --user-data-dir="$scratch/profile" "$@" 2>/dev/null; }

cat >look.html <<'END'
<!DOCTYPE html><body><script>
const widths = [1560, 1400, 800, 500, 400];
function outside(page) {
    const bad = [];
    for (const table of page.querySelectorAll("table")) {
        const card = table.closest(".card").getBoundingClientRect();
        for (const cell of table.querySelectorAll("th, td")) {
            const box = cell.getBoundingClientRect();
            if (box.width > 0 && (box.right > card.right + 1 || box.left < card.left - 1 || cell.scrollWidth > cell.clientWidth + 1))
                bad.push(cell.textContent);
        }
    }
    return bad;
}
async function look() {
    const said = [];
    for (const name of ["wide", "faulty", "swept", "merged", "seeds"])
        for (const width of widths) {
            const frame = document.createElement("iframe");
            frame.style.cssText = `width: ${width}px; height: 900px; border: 0`;
            frame.src = name + ".html";
            document.body.append(frame);
            await new Promise(done => frame.onload = done);
            const page = frame.contentDocument, root = page.documentElement;
            for (const details of page.querySelectorAll("details"))
                details.open = true;
            const folded = [...page.querySelectorAll(".comparison")].filter(t => getComputedStyle(t).display == "block").length;
            said.push(`${name} ${width} folded=${folded} over=${root.scrollWidth - root.clientWidth} outside=${outside(page).join("|")}.`);
            frame.remove();
        }
    document.body.innerText = said.join("\n") + "\nend";
}
look();
</script></body>
END
browse --allow-file-access-from-files --virtual-time-budget=60000 --dump-dom "file://$scratch/look.html" | sed 's/<br>/\n/g; s/<[^>]*>//g' >said
check "every page was looked at at five widths" same "$(grep -c ' folded=' said) $(grep -cx end said)" "25 1"
all_inside() { ! grep ' folded=' said | grep -v ' over=0 outside=\.$'; }
check "no cell is outside its card, and no page is wider than the window" all_inside
check "a table of few columns is not folded at 800" grep -q '^wide 800 folded=0 ' said
for page in faulty swept merged seeds; do check "$page: no table is folded at 1400" grep -q "^$page 1400 folded=0 " said; done
check "tables of many columns are at 800" grep -q '^faulty 800 folded=[1-9]' said
check "  and at 400" grep -q '^seeds 400 folded=2 ' said

printed() { # on paper each column is there: its heading beside each row
    browse --no-pdf-header-footer --print-to-pdf="$scratch/paper.pdf" "file://$scratch/faulty.html" && pdftotext -layout paper.pdf paper &&
        for head in accuracy best "at 10 ms" "at 1 GiB" "up to 10 %" away; do
            [ "$(grep -oE "(^|  )$head(,|  |$)" paper | wc -l)" -ge 3 ] || { echo "on paper: $head"; return 1; }
        done
}
command -v pdftotext >/dev/null && check "on paper too" printed
finish
