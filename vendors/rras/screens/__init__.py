"""What the objects of operational cmdlets tell, saved or live."""
