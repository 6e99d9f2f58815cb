"""Why a hook fired, or did not."""
