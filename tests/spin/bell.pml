/* sim/transport/bell.c, one step an atomic operation. Processes are numbered; each has a bell. In the program a
 * timeout ends a sleep, and hides a wake-up that is lost. Here it is a deadlock: sleeps have no timeout. With -DNAPS
 * they may end at any time.
 *
 * -DDEFECT=n inserts a defect; each must be found:
 *   1  the sleeper takes its ticket after it has checked its condition
 *   2  the sleeper looks at the count before it announces that it sleeps
 *   3  the ringer looks for a sleeper before it counts
 *   4  stray posts are not thrown away
 * (5 to 7 are defects of the models that include this file) */
#ifndef DEFECT
#define DEFECT 0
#endif

typedef bell {
    byte rings, sem;
    bit sleeping
};
bell bells[PROCESSES];

inline look_for_sleeper(b, was)
{
    if
    :: bells[b].sleeping ->
        d_step { was = bells[b].sleeping; bells[b].sleeping = 0 }
        if
        :: was -> bells[b].sem++; assert(bells[b].sem <= POSTS)
        :: else
        fi
    :: else
    fi
}

#ifdef COARSE /* where there are too many interleavings: a bell is rung, and a sleep announced, in one step */
inline ring_bell(b, was)
{
    d_step {
        bells[b].rings++;
        if
        :: bells[b].sleeping -> bells[b].sleeping = 0; bells[b].sem++
        :: else
        fi
    }
}
#else
inline ring_bell(b, was)
{
#if DEFECT == 3
    look_for_sleeper(b, was);
    bells[b].rings++
#else
    bells[b].rings++;
    look_for_sleeper(b, was)
#endif
}
#endif

inline nap(b)
{
    if
    :: atomic { bells[b].sem > 0 -> bells[b].sem-- }
#ifdef NAPS
    :: skip
#endif
    fi
}

#ifdef COARSE
inline wait_for(b, ticket)
{
    d_step { bells[b].sem = 0; bells[b].sleeping = 1 }
    if
    :: bells[b].rings == ticket -> nap(b)
    :: else
    fi;
    bells[b].sleeping = 0
}
#else
inline wait_for(b, ticket)
{
#if DEFECT != 4
    do
    :: atomic { bells[b].sem > 0 -> bells[b].sem-- }
    :: bells[b].sem == 0 -> break
    od;
#endif
#if DEFECT == 2
    if
    :: bells[b].rings == ticket -> bells[b].sleeping = 1; nap(b)
    :: else
    fi;
#else
    bells[b].sleeping = 1;
    if
    :: bells[b].rings == ticket -> nap(b)
    :: else
    fi;
#endif
    bells[b].sleeping = 0
}
#endif

/* waiter_wait(): until the condition holds. */
#if DEFECT == 1
#define WAIT_UNTIL(b, ticket, condition)                                   \
    do                                                                     \
    :: (condition) -> break                                                \
    :: else -> ticket = bells[b].rings; wait_for(b, ticket)                \
    od
#else
#define WAIT_UNTIL(b, ticket, condition)                                   \
    do                                                                     \
    :: ticket = bells[b].rings;                                            \
        if                                                                 \
        :: (condition) -> break                                            \
        :: else -> wait_for(b, ticket)                                     \
        fi                                                                 \
    od
#endif
