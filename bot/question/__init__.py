"""What is asked: the logical form, its operators, what an intent is, what was asked before."""

from bot.question.form import Period, Question, RoundPhrase

__all__ = ["Period", "Question", "RoundPhrase"]
