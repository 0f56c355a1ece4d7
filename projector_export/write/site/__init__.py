"""Write a static web page that opens on the finished, colored map."""
