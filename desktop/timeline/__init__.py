"""The timeline: tracks, clips and waveforms. Modules without Qt do the arithmetic; a few widgets show it."""
