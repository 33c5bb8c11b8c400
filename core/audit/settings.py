"""Names of settings of an audit as a whole, for whoever lists audits."""

ARCHIVED = "archived"
"""When the audit was put away; None where it is in the list."""

OPENED = "opened"
"""When somebody opened the audit last in the dashboard."""
