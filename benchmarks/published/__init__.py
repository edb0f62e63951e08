"""Published instances through the domain-free core. Their files stay with whoever has them: a folder is given."""
