"""What platforms post as it is: how each signs, and what its messages mean in our types and fields. Pure."""
