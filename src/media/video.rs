//! Video through the `ffmpeg` program: frames as they come, a child that never outlives the run.
