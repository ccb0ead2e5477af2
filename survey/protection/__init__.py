"""What becomes of what people said: a wave in, its notice, record and retention out."""
