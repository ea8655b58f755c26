"""Confirmed deletes: paced, looked at before each, journalled, and accounted for to the last one."""
