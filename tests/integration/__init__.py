"""Tests on the real engine: a whole site, its containers, its commands."""
