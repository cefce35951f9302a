/* Augmentation: what is done to training images, and never to test images. */
#ifndef MODELS_AUGMENT_H
#define MODELS_AUGMENT_H

/* crop: the image is padded by 4 black pixels on each side, and a random window of its size is cut out; flip: the image
 * is mirrored left to right with probability 1/2. The two are bits. */
enum augment {
    AUGMENT_NONE = 0,
    AUGMENT_FLIP = 1,
    AUGMENT_CROP = 2,
    AUGMENT_CROP_FLIP = AUGMENT_CROP | AUGMENT_FLIP
};
extern const char *const augment_words[];

#endif
