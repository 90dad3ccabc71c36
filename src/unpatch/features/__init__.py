"""Pictures and cepstra of recordings, as the blind estimators take them."""
