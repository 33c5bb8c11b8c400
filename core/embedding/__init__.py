"""From images to embeddings: backbones, and the runner that feeds them."""
