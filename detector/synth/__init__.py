"""Synthetic training data for the code detector: symbols, scenes, damage, camera, patches."""
