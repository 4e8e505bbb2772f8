"""Phone pages of household points: my household, applications, kin and gifts, the common pool."""
