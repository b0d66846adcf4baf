"""The words both ends of the line speak: topics, messages, signatures; standard library and one signing library."""
