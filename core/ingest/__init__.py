"""What comes in: readers of data sets, files, decoding, thumbnails, splits."""
