"""The families of questions: each file holds their example phrasings, their look-ups and their wording."""
