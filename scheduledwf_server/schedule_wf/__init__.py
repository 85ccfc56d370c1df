"""The words of Schedule Conductor Workflows, translated into ours and back."""
