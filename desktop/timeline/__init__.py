"""The timeline: tracks, clips, waveforms. Pure modules do the arithmetic; a few widgets show it."""
