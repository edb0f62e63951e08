"""One engine for every question: a job becomes a verified plan; a base and a change become an answer."""
