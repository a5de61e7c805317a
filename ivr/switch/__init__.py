"""The switch beside us: finding, installing, configuring, starting and stopping an Asterisk."""
