"""What leaves this machine for others: the folder of a Space on the Hugging Face hub."""
