//! What was seen in a file, kept by its content, so that it is looked at once.
