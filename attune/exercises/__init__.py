"""One folder for each exercise kind. Nothing imports them; `attune.kinds` finds them."""
