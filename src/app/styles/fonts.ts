/** IBM Plex for Latin, Hangul and mono, from our own files. Hangul comes in slices, of which a page loads what it shows. */
import "@fontsource-variable/ibm-plex-sans/standard.css";
import "@fontsource/ibm-plex-mono/latin-400.css";
import "@fontsource/ibm-plex-mono/latin-500.css";
import "@fontsource/ibm-plex-mono/latin-600.css";

// Arrows and other signs of the Latin texts live in the Hangul family as well, so that both languages load it.
void import("@fontsource/ibm-plex-sans-kr/400.css");
void import("@fontsource/ibm-plex-sans-kr/600.css");
