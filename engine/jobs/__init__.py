"""Jobs: what was asked for, in which order it is done, and how each ended. No Qt, no torch."""
