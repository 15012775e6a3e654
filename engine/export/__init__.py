"""Export: stems and mix as broadcast WAVE, and timelines for other programs."""
