"""What all platforms share: messages, commands, buttons, completion, inline answers, limits."""
