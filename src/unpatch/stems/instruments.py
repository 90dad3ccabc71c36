"""Common names of tracks, and their groups."""

from collections.abc import Mapping

VOCALS, BACKING = "vocals", "backing vocals"

WORDS: Mapping[str, str] = {
    "drums": """
        drum drums drumset drumkit kit kick kicks kik kd bd snare snares snr sn sd rimshot hat hats hihat
        hihats hh tom toms tomtom overhead overheads oh ohs ovh cymbal cymbals cym cyms crash ride splash
        china breakbeat breakbeats beatbox 808 909 dr drm drms""",
    "percussion": """
        percussion perc percs shaker shakers tambourine tamb tambo conga congas bongo bongos cowbell clap
        claps handclap handclaps snap snaps fingersnaps cajon djembe tabla timpani triangle claves clave
        maraca maracas guiro woodblock cabasa timbale timbales udu bell bells chime chimes gong castanets
        stomp stomps rainstick darbuka surdo pandeiro agogo dhol bodhran cuica whip vibraslap sleighbells""",
    "bass": "bass basses bassline subbass upright contrabass 303 bassgtr bassguitar moogbass",
    "guitars": """
        guitar guitars gtr gtrs guit egtr agtr elecgtr elecgtrs acgtr acgtrs eg ag banjo ukulele uke
        mandolin dobro slide strat tele telecaster nylon strum strums sitar bouzouki lute oud baglama
        charango steel pedalsteel lapsteel ebow riff riffs""",
    "keys": """
        key keys keyboard keyboards kbd piano pianos pno grand rhodes wurli wurlitzer organ organs hammond
        leslie nord clav clavinet harpsichord celesta accordion accordeon harmonium melodica mellotron
        upr epiano ep cembalo glockenspiel glock vibraphone vibes marimba xylophone mallet mallets celeste""",
    "synths": """
        synth synths syn synthesizer pad pads arp arps arpeggio moog juno minimoog prophet pluck plucks
        sequence seq sequencer stab stabs theremin minilogue sine saw square supersaw chord chords""",
    "strings": """
        string strings strgs violin violins vln violas viola vla cello cellos celli fiddle fiddles orchestra
        quartet harp pizzicato pizz spiccato contrabasses erhu koto zither dulcimer""",
    "brass": """
        brass horn horns trumpet trumpets tpt trombone trombones tbn tuba flugelhorn flugel cornet euphonium
        sax saxes saxophone saxophones tenorsax altosax barisax""",
    "winds": """
        wind winds woodwind woodwinds reed reeds flute flutes piccolo clarinet clarinets oboe bassoon
        recorder whistle harmonica pipe pipes bagpipe panpipes ocarina shakuhachi""",
    VOCALS: """
        vocal vocals vox voc vocs voice voices voix singer singers vx leadvox leadvocal leadvocals rap raps
        rapper adlib adlibs verse growl growls scream screams shout shouts talk speech spoken vocoder sung""",
    BACKING: """
        bgv bgvs bgvox bv bvs bvox bvx backingvox backingvocals backvox harmony harmonies harm harms choir
        choirs gang oohs ooh oos aahs aah ahs chant chants crowd backings backup choral""",
    "fx": """
        fx sfx efx effect effects riser risers sweep sweeps whoosh impact impacts foley soundscape
        downlifter uplifter siren""",
}  # fmt: skip
"""Group to its words."""

PHRASES: Mapping[str, str] = {
    "drums": """
        bass drum | kick drum | drum machine | drum bus | hi hat | hi hats | high hat | over head | over
        heads | hat ride | floor tom | rack tom | side stick | rim shot | snare drum""",
    "percussion": """
        steel drum | steel drums | hand clap | hand claps | wood block | hand drum | finger snap""",
    "bass": """
        bass guitar | bass gtr | bass di | bass amp | bass synth | bass keys | double bass | upright bass |
        bass pad | string bass | bass mic | bass sub | bass fx | bass line""",
    "guitars": """
        lap steel | pedal steel | lead gtr | lead guitar | e gtr | a gtr | guitar lead | guitar synth""",
    "keys": "b 3 | key lead | keys lead | keys pad | piano pad | electric piano | toy piano",
    "synths": """
        synth lead | lead synth | synth fx | synth strings | string synth | synth brass | synth choir |
        synth voice | dx 7""",
    "brass": "french horn | french horns | bass trombone",
    "winds": "bass clarinet | bass flute | english horn | cor anglais",
    VOCALS: """
        voice over | lead vox | lead vocal | lead vocals | lead voice | vocal fx | vox fx | vocal effect |
        vox verb | vox delay | lead voc""",
    BACKING: "b vox | group vox | gang vox | bg vox | bg vocals | back vocals",
}  # fmt: skip
"""Group to pairs of words that override the last of them."""

LAST: Mapping[str, str] = {
    "drums": "room rooms amb ambience loop loops beat beats fill fills build rack floor",
    "bass": "sub subs",
    "synths": "lead leads melody",
    "fx": """
        noise noises hit hits drone drones scratch scratches vinyl sample samples sampler glitch transition
        swell swells texture textures atmosphere atmos atmo ambient reverse reversed""",
}  # fmt: skip
"""Group to words of lower priority."""
