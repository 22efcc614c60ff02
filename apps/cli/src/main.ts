console.log('hi', process.argv);
