"""The verdict on a plan, from the written rows and the raw tables; shares no code with what made it."""
