"""The sending: occurrence, manifest, MQTT, receipt, what was heard."""
