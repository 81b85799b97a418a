"""How the model runs fast and repeatably; holds no rule of the world."""
