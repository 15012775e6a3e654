"""What leaves for the edit: stems and mix as broadcast WAVE, and the files that other programs open."""
