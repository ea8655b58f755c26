"""From a wish to delete to the account at its end: review, question, and what became of each artifact."""
