/* Writes summary.json, and the same members as a line of --json. The table of sim/schema/ gives names and
 * order. */
#include "sim/output/summary.h"

#include <stdlib.h>

#include "sim/base/text.h"
#include "sim/output/fields.h"

static void write_members(struct json *json, const struct summary *s)
{
    struct present present = {.faults = s->faulty, .target = s->target_ns >= 0, .training = s->trained};
    struct columns members = columns_of_summary(s->milestones);
    fields_to_json(json, &members, s, present);
    columns_end(&members);
    json_close(json);
}

void summary_write(const struct summary *s, const char *folder)
{
    char *path = text_format("%s/%s", folder, summary_members.file);
    write_members(json_create(path), s);
    free(path);
}

void summary_line(const struct summary *s)
{
    struct json *json = json_line();
    json_text(json, "event", "summary");
    write_members(json, s);
}
