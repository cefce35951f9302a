/* A set of texts, each with a number: what a list would be searched for again and again. */
#ifndef SIM_BASE_TEXTS_H
#define SIM_BASE_TEXTS_H

struct texts {
    void *tree; /* zero: empty */
};

/* The place of the text's number, which is -1 for a new text. Takes the text, which was allocated. */
int *texts_number(struct texts *t, char *text);
void texts_free(struct texts *t);

#endif
