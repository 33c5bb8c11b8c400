"""The desk: cards, and the conversation with the browser."""
