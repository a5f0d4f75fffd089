"""What the `show` screens of IOS and ASA have in common."""
