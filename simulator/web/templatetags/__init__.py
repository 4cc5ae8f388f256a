"""What templates of this app can ask for."""
