"""The written word: collected once, edited, adapted, reviewed, approved."""
