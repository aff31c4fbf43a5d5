"""Max Photo Gallery: the photos of a group, in the group's own chat, at full quality, and never lost."""

__version__ = "0.1.0"
