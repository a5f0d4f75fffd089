"""The inventory: what a person wrote down about the sites, read strictly."""
